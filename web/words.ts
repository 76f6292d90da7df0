/** The words of the domain as people read them. */

const ROLE_WORDS: Readonly<Record<string, string>> = {
  iam: "IAM",
  administrator: "administrator",
  help_desk: "help desk",
  iam_on_call: "IAM on call",
  ciso: "CISO",
};

/** `network_security` → `network security`. */
export function roleWords(role: string): string {
  return ROLE_WORDS[role] ?? role.replaceAll("_", " ");
}

/** `administrator, IAM or auditor`. */
export function rolesWords(roles: readonly string[], last: "or" | "and" = "or"): string {
  return listWords(roles.map(roleWords), last);
}

/** `a, b or c`. */
export function listWords(words: readonly string[], last: "or" | "and" = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** `legacy_application` → `Legacy application`. */
export function titleWords(key: string): string {
  const words = key.replaceAll(/[_-]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `P90D` → `90 days`, `PT4H` → `4 h`, `P20DT15H34M` → `20 days 15 h`; what is not a plain length is shown as it is. */
export function durationWords(duration: string): string {
  const match = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(duration);
  if (match === null) return duration;
  const [, weeks, days, hours, minutes, seconds] = match;
  const parts = [
    countWords(weeks, "week"),
    countWords(days, "day"),
    hours && `${hours} h`,
    minutes && `${minutes} min`,
    seconds && `${seconds} s`,
  ];
  const words = parts.filter((part) => part !== undefined && part !== "");
  return words.length === 0 ? "none" : words.slice(0, 2).join(" ");
}

/** `1 day`, `3 days`. */
export function countWords(count: string | number | undefined, one: string, many = `${one}s`): string | undefined {
  if (count === undefined) return undefined;
  return `${count} ${Number(count) === 1 ? one : many}`;
}

/** The parts of a content as its page names them. */
const CONTENT_WORDS: Readonly<Record<string, string>> = {
  justification: "Why",
  reasonClass: "Kind of reason",
  weakenedControl: "What is weakened",
  fallbackMethodAllowed: "What is let through instead",
  fallbackDependencies: "What that depends on",
  scope: "Who is let through",
  compensatingControls: "What guards it meanwhile",
  inherentRisk: "Risk without controls",
  residualRisk: "Risk with them",
  requestedFrom: "From",
  requestedUntil: "Until",
  exitPlan: "Exit plan",
  accountability: "Who answers",
};

/** `requestedUntil` → `Until`. */
export function contentFieldWords(field: string): string {
  return CONTENT_WORDS[field] ?? titleWords(field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
}
