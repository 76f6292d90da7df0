/** Codes that an Open-PSA file is refused with; each has a page in docs/problems. */
export const OPEN_PSA_REFUSALS = {
  "lockout.fileUnreadable": "The file is no XML, or no Open-PSA model",
  "lockout.constructUnknown": "The file says something that Postern does not read",
  "lockout.nameUndefined": "A name is used that nothing defines",
  "lockout.nameTwice": "A name is defined twice",
  "lockout.gatesInCircle": "Gates depend on each other in a circle",
  "lockout.topUnclear": "It is not clear which gate is asked about",
  "lockout.countOutOfRange": "More is demanded of a gate than it has arguments, or nothing",
  "lockout.probabilityOutOfRange": "A probability is no number between 0 and 1",
} as const;

export type OpenPsaRefusal = keyof typeof OPEN_PSA_REFUSALS;
