import { expect, test } from "vitest";

import { addDuration, duration, NO_END } from "../../kernel/time.ts";
import { type Asked, DENIED, NOT_THERE, openToldRealm, NOW, type Told } from "./told-realm.suite.ts";

const PERSON = { kind: "user", key: "kim", name: "kim" } as const;
const LIVES = { realm: "acme", browserFlow: "browser", accessTokenLifespan: 300, ssoSessionMaxLifespan: 36_000 };

/** What a realm says of kim's sessions, to an account that may look and not end them unless told otherwise. */
function telling(settings: object, more: Readonly<Record<string, Told>> = {}) {
  const known: Readonly<Record<string, Told>> = {
    "GET ": { json: { ...LIVES, ...settings } },
    "POST /users/kim/logout": DENIED,
    "GET /users/kim/sessions": { json: [{ id: "in-a-browser" }] },
    "GET /users/kim/consents": { json: [] },
    ...more,
  };
  return ({ method, path }: Asked) => known[`${method} ${path}`];
}

const OFFLINE_ENDS = { offlineSessionMaxLifespanEnabled: true, offlineSessionMaxLifespan: 86_400 };

test("sessions that were not ended have no end where the realm sets those without a browser none", async () => {
  const { connector } = await openToldRealm(telling({}));
  const { ended, residual } = await connector.endSessions(PERSON);
  expect({ ended, until: residual?.until }).toEqual({ ended: false, until: NO_END });
});

test("sessions that were not ended live as long as the realm lets them, one after the other, remembered ones too", async () => {
  const { connector } = await openToldRealm(telling({ ...OFFLINE_ENDS, ssoSessionMaxLifespanRememberMe: 72_000 }));
  const { residual } = await connector.endSessions(PERSON);
  expect(residual?.until).toBe(addDuration(NOW, duration("PT56H")));
});

test("who may not end sessions and sees none says no more than what lives apart from the server", async () => {
  const { connector } = await openToldRealm(telling({}, { "GET /users/kim/sessions": { json: [] } }));
  expect(await connector.endSessions(PERSON)).toMatchObject({ ended: false, residual: { until: addDuration(NOW, duration("PT12H")) } });
});

test("one that goes on without a browser is seen, though none is open in any", async () => {
  const offline = { json: [{ clientId: "tool", additionalGrants: [{ client: "its-id", key: "Offline Token" }] }] };
  const { connector } = await openToldRealm(telling({}, { "GET /users/kim/sessions": { json: [] }, "GET /users/kim/consents": offline }));
  expect((await connector.endSessions(PERSON)).residual?.until).toBe(NO_END);
});

test("of a person who is no more the sessions of applications live on all the same", async () => {
  const { connector } = await openToldRealm(telling({}, { "POST /users/kim/logout": NOT_THERE }));
  expect(await connector.endSessions(PERSON)).toMatchObject({ ended: true, residual: { until: addDuration(NOW, duration("PT12H")) } });
});

test("a 404 of somebody else ends no session", async () => {
  const { connector } = await openToldRealm(telling({}, { "POST /users/kim/logout": { status: 404 } }));
  await expect(connector.endSessions(PERSON)).rejects.toMatchObject({ kind: "fault" });
});

const may = (manage: boolean) => ({
  "GET /events/config": { json: {} },
  "GET /users": { json: [{ id: "kim" }] },
  "GET /users/kim": { json: { id: "kim", access: { manage } } },
});

test("without the right to end sessions it is not declared, and the end of theirs neither where there is none", async () => {
  const [allowed, refused] = [await openToldRealm(telling({}, may(true))), await openToldRealm(telling({}, may(false)))];
  expect(await allowed.connector.capabilities()).toMatchObject({ endSessions: true, residualSessionSeconds: 43_200 });
  expect(await refused.connector.capabilities()).toMatchObject({ endSessions: false, residualSessionSeconds: null });
});
