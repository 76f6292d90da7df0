import { enterPersona } from "../../../src/example-organisation/contract-inside.ts";
import { call } from "../../api.ts";
import { keepPersona } from "../../persona-kept.ts";
import { queries } from "../../queries.ts";

/** Signs in as a persona; whatever was read as somebody else is forgotten. */
export async function enter(key: string): Promise<void> {
  await call(enterPersona, { params: { key } }, { asksToSignIn: false });
  keepPersona(key);
  queries.clear();
}
