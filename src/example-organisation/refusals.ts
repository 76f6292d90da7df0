/** Codes the example organisation refuses with; each has a page in docs/problems. */
export const EXAMPLE_REFUSALS = {
  "example.notOffered": "This process makes no example organisation",
  "example.personaUnknown": "No such persona",
  "example.notLoaded": "The example organisation is not loaded",
} as const;
