/** The model as the API shows it. */
import type { z } from "zod";

import type { PersonId } from "../people/person.ts";
import type { commonCauseView, componentView, operationView } from "./contract-model.ts";
import type { KeptCommonCause, KeptComponent, KeptOperation } from "./model-event.ts";
import { answering, type At, type People } from "./view.ts";

export function viewOfComponent({ version, state }: At<KeptComponent>, people: People): z.input<typeof componentView> {
  return { ...state, version, owner: answeringOrNull(state.owner, people), endpoints: state.endpoints.map((each) => ({ ...each })) };
}

export function viewOfCommonCause({ version, state }: At<KeptCommonCause>): z.input<typeof commonCauseView> {
  return { ...state, version, members: [...state.members] };
}

export function viewOfOperation({ version, state }: At<KeptOperation>, people: People): z.input<typeof operationView> {
  return {
    ...state,
    version,
    businessOwner: answeringOrNull(state.businessOwner, people),
    modelApprover: answeringOrNull(state.modelApprover, people),
    maintainer: answeringOrNull(state.maintainer, people),
    onCall: answeringOrNull(state.onCall, people),
    paths: state.paths.map((path) => ({ ...path, assurance: path.assurance ?? null })),
  };
}

function answeringOrNull(id: PersonId | null, people: People) {
  return id === null ? null : answering(id, people);
}
