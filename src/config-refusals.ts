/** Codes a start is refused with for its configuration; each has a page in docs/problems. */
export const CONFIG_REFUSALS = {
  "config.badValue": "A setting cannot be used",
  "config.missing": "A setting is missing beside others",
  "config.unknownKey": "A setting is not known",
} as const;

export type ConfigRefusalCode = keyof typeof CONFIG_REFUSALS;
