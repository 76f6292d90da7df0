/** Authentication flows as a tree, built from what the admin API lists and from what a realm export holds. */

export type Requirement = "REQUIRED" | "ALTERNATIVE" | "CONDITIONAL" | "DISABLED";

export type Step =
  | {
      readonly kind: "authenticator";
      readonly requirement: Requirement;
      readonly provider: string;
      readonly config: Readonly<Record<string, string>>;
    }
  | { readonly kind: "flow"; readonly requirement: Requirement; readonly flow: Flow };

export interface Flow {
  readonly alias: string;
  readonly steps: readonly Step[];
}

/** One line of `GET …/flows/{alias}/executions`: the tree, flattened in order. */
export interface ListedExecution {
  readonly requirement: Requirement;
  readonly level: number;
  readonly displayName?: string | undefined;
  readonly providerId?: string | undefined;
  readonly authenticationFlow?: boolean | undefined;
  /** Id of its configuration. */
  readonly authenticationConfig?: string | undefined;
}

/** The tree of a listed flow. `configs` by id. */
export function flowOfList(
  alias: string,
  list: readonly ListedExecution[],
  configs: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Flow {
  return { alias, steps: stepsAt(list, 0, configs) };
}

/** The steps of one level; what is deeper belongs to the sub-flow before it. */
function stepsAt(
  list: readonly ListedExecution[],
  level: number,
  configs: ReadonlyMap<string, Readonly<Record<string, string>>>,
): readonly Step[] {
  return list.flatMap((each, at): readonly Step[] => {
    if (each.level !== level) return [];
    const { requirement, displayName = "", providerId = "", authenticationConfig = "" } = each;
    if (each.authenticationFlow !== true)
      return [{ kind: "authenticator", requirement, provider: providerId, config: configs.get(authenticationConfig) ?? {} }];
    const rest = list.slice(at + 1);
    const end = rest.findIndex((one) => one.level <= level);
    const inside = end === -1 ? rest : rest.slice(0, end);
    return [{ kind: "flow", requirement, flow: { alias: displayName, steps: stepsAt(inside, level + 1, configs) } }];
  });
}

/** A flow as an export writes it: sub-flows by alias. */
export interface ExportedFlow {
  readonly alias: string;
  readonly authenticationExecutions?: readonly ExportedExecution[] | undefined;
}

export interface ExportedExecution {
  readonly authenticator?: string | undefined;
  readonly authenticatorFlow?: boolean | undefined;
  readonly autheticatorFlow?: boolean | undefined;
  readonly flowAlias?: string | undefined;
  /** Alias of its configuration. */
  readonly authenticatorConfig?: string | undefined;
  readonly requirement: string;
  readonly priority?: number | undefined;
}

/** More steps, and deeper, than anybody's flows have; a flow that holds itself has them without end. */
const MOST_STEPS = 2000;
const DEEPEST = 20;

/**
 * The tree of an exported flow; undefined when there is no flow of that alias. `configs` by alias. What is named and not there is a
 * step that is not known, and so is all that goes beyond what can be a flow.
 */
export function flowOfExport(
  alias: string,
  flows: readonly ExportedFlow[],
  configs: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Flow | undefined {
  const byAlias = new Map(flows.map((each) => [each.alias, each]));
  let left = MOST_STEPS;
  const stepOf = (each: ExportedExecution, depth: number): Step => {
    left -= 1;
    const requirement = requirementOf(each.requirement);
    if (!isFlow(each)) {
      const config = configs.get(each.authenticatorConfig ?? "") ?? {};
      return { kind: "authenticator", requirement, provider: each.authenticator ?? "", config };
    }
    const inner = left > 0 && depth < DEEPEST ? byAlias.get(each.flowAlias ?? "") : undefined;
    if (inner !== undefined) return { kind: "flow", requirement, flow: treeOf(inner, depth + 1) };
    return missingStep(each.flowAlias ?? "", requirement);
  };
  const treeOf = ({ alias: name, authenticationExecutions = [] }: ExportedFlow, depth: number): Flow => ({
    alias: name,
    steps: [...authenticationExecutions].sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0)).map((each) => stepOf(each, depth)),
  });
  const top = byAlias.get(alias);
  return top && treeOf(top, 0);
}

/** What is named and is not there: a step that nobody knows. */
function missingStep(alias: string, requirement: Requirement): Step {
  return { kind: "authenticator", requirement, provider: `the flow ${alias}, which is not there`, config: {} };
}

/** A flow that is bound somewhere and is not there. */
export function missingFlow(alias: string): Flow {
  return { alias, steps: [missingStep(alias, "REQUIRED")] };
}

/** Old versions wrote the word with a letter missing. */
function isFlow({ authenticatorFlow, autheticatorFlow, authenticator, flowAlias }: ExportedExecution): boolean {
  return (authenticatorFlow ?? autheticatorFlow) === true || (authenticator === undefined && flowAlias !== undefined);
}

/** OPTIONAL was what CONDITIONAL became, and is not known to any server of today: like any other word, it is in force. */
function requirementOf(text: string): Requirement {
  return text === "ALTERNATIVE" || text === "CONDITIONAL" || text === "DISABLED" ? text : "REQUIRED";
}

/** Every authenticator and condition of a flow and of those below it, with whether a disabled flow or step takes it out of force. */
export function authenticatorsIn(
  flow: Flow,
  inForce = true,
): readonly { readonly step: Step & { kind: "authenticator" }; readonly inForce: boolean }[] {
  return flow.steps.flatMap((step) => {
    const on = inForce && step.requirement !== "DISABLED";
    return step.kind === "flow" ? authenticatorsIn(step.flow, on) : [{ step, inForce: on }];
  });
}
