/** What can happen to components, common causes and operations, and how they are kept: as the analysis sees them, with an id. */
import type { FieldChanged } from "../kernel/field-change.ts";
import type { Id } from "../kernel/id.ts";
import type { CommonCause, CommonCauseFields, Component, ComponentFields } from "./component.ts";
import type { Operation, OperationFields } from "./operation.ts";

export interface KeptComponent extends Component {
  readonly id: Id<"component">;
}

export interface KeptCommonCause extends CommonCause {
  readonly id: Id<"commonCause">;
}

export interface KeptOperation extends Operation {
  readonly id: Id<"operation">;
}

export type ComponentEvent = { readonly type: "componentAdded"; readonly data: KeptComponent } | FieldChanged<ComponentFields>;
export type CommonCauseEvent = { readonly type: "commonCauseAdded"; readonly data: KeptCommonCause } | FieldChanged<CommonCauseFields>;
export type OperationEvent = { readonly type: "operationAdded"; readonly data: KeptOperation } | FieldChanged<OperationFields>;
export type ModelEvent = ComponentEvent | CommonCauseEvent | OperationEvent;
