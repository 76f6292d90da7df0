import { expect, test } from "vitest";

import { readConfig } from "./config.ts";
import { Refused } from "./kernel/problem.ts";

function reasonsOf(env: Record<string, string>) {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof Refused) return error.reasons;
    throw error;
  }
  throw new Error("was not refused");
}

test("an empty environment gives an embedded, local server", () => {
  expect(readConfig({})).toEqual({
    port: 8080,
    host: "127.0.0.1",
    sharePort: false,
    dataDir: "./data",
    databaseUrl: undefined,
    origin: "http://localhost:8080",
    journalKey: undefined,
    sealKey: undefined,
    logLevel: "info",
    tickSeconds: 5,
    decisionLog: { kind: "full" },
    decisionLogDays: 30,
    rulesByTwo: false,
    decisionMaxAgeSeconds: 300,
    callersFile: undefined,
    callersTls: undefined,
    company: undefined,
  });
});

test("every variable is read", () => {
  const env = {
    PORT: "9000",
    HOST: "0.0.0.0",
    POSTERN_DATA: "/var/lib/postern",
    DATABASE_URL: "postgres://postern:secret@db:5432/postern",
    POSTERN_SHARE_PORT: "true",
    POSTERN_ORIGIN: "https://postern.example/",
    POSTERN_JOURNAL_KEY: "seed",
    POSTERN_SEAL_KEY: "new,old",
    POSTERN_LOG_LEVEL: "warn",
    POSTERN_TICK_SECONDS: "30",
    POSTERN_DECISION_LOG: "sampled:1/100",
    POSTERN_DECISION_LOG_DAYS: "7",
    POSTERN_RULES_BY_TWO: "true",
    POSTERN_DECISION_MAX_AGE: "60",
    POSTERN_DECISION_CALLERS: "/etc/postern/callers.yaml",
    POSTERN_DECISION_TLS_PORT: "8443",
    POSTERN_DECISION_TLS_CERT: "/etc/postern/tls.pem",
    POSTERN_DECISION_TLS_KEY: "/etc/postern/tls.key",
    POSTERN_OIDC_ISSUER: "https://login.example",
    POSTERN_OIDC_CLIENT_ID: "postern",
    POSTERN_OIDC_CLIENT_AUTH: "private_key_jwt",
    POSTERN_OIDC_NAME: "Example ID",
    POSTERN_OIDC_SCOPE: "openid profile",
    POSTERN_OIDC_ACR: "phr, phrh",
    POSTERN_OIDC_AMR: "hwk user,swk user",
    POSTERN_OIDC_MAX_AGE_SECONDS: "600",
    POSTERN_OIDC_ACCOUNT_CLAIM: "oid",
    POSTERN_OIDC_ACCOUNT_CONNECTION: "ad",
    HOME: "/root",
    PATH: "",
  };
  expect(readConfig(env)).toEqual({
    port: 9000,
    host: "0.0.0.0",
    sharePort: true,
    dataDir: "/var/lib/postern",
    databaseUrl: env.DATABASE_URL,
    origin: "https://postern.example",
    journalKey: "seed",
    sealKey: "new,old",
    logLevel: "warn",
    tickSeconds: 30,
    decisionLog: { kind: "sampled", every: 100 },
    decisionLogDays: 7,
    rulesByTwo: true,
    decisionMaxAgeSeconds: 60,
    callersFile: "/etc/postern/callers.yaml",
    callersTls: { port: 8443, certificateFile: "/etc/postern/tls.pem", keyFile: "/etc/postern/tls.key" },
    company: {
      issuer: "https://login.example",
      clientId: "postern",
      clientAuth: "private_key_jwt",
      name: "Example ID",
      scope: "openid profile",
      acr: ["phr", "phrh"],
      amr: [
        ["hwk", "user"],
        ["swk", "user"],
      ],
      maxAgeSeconds: 600,
      account: { claim: "oid", connection: "ad" },
    },
  });
});

test("the origin follows the port unless it is given", () => {
  expect(readConfig({ PORT: "9000" }).origin).toBe("http://localhost:9000");
});

test("a misspelt variable is refused, and the one that was meant is named", () => {
  const [reason] = reasonsOf({ POSTERN_ORIGN: "https://postern.example" });
  expect(reason).toMatchObject({ code: "config.unknownKey", at: "POSTERN_ORIGN" });
  expect(reason!.detail).toContain("Did you mean POSTERN_ORIGIN?");
  expect(reasonsOf({ POSTERN_TICK_SECOND: "5" })[0]!.detail).toContain("POSTERN_TICK_SECONDS?");
});

test("all faults are told at once", () => {
  const reasons = reasonsOf({ PORT: "70000", POSTERN_DAT: "x", POSTERN_LOG_LEVEL: "loud", POSTERN_TICK_SECONDS: "0" });
  expect(reasons.map(({ code, at }) => `${code} ${at}`)).toEqual([
    "config.unknownKey POSTERN_DAT",
    "config.badValue PORT",
    "config.badValue POSTERN_LOG_LEVEL",
    "config.badValue POSTERN_TICK_SECONDS",
  ]);
});

const unusable: [name: string, value: string][] = [
  ...["", "-1", "65536", "8080x", "1e3", " 80"].map((value): [string, string] => ["PORT", value]),
  ...["", "mysql://db/postern", "db:5432"].map((value): [string, string] => ["DATABASE_URL", value]),
  ...["postern.example", "http://postern.example", "https://10.0.0.1", "https://[::1]", "https://postern.example/app"].map(
    (value): [string, string] => ["POSTERN_ORIGIN", value],
  ),
  ["POSTERN_DATA", ""],
  ["POSTERN_SEAL_KEY", ""],
  ["HOST", "a b"],
  ...["", "some", "sampled", "sampled:1/0", "sampled:2/3", "sampled:1/1e3"].map((value): [string, string] => [
    "POSTERN_DECISION_LOG",
    value,
  ]),
  ["POSTERN_DECISION_LOG_DAYS", "0"],
  ["POSTERN_RULES_BY_TWO", "yes"],
  ["POSTERN_SHARE_PORT", "1"],
  ["POSTERN_DECISION_CALLERS", ""],
];
test.each(unusable)("%s=%j is refused rather than taken for the default", (name, value) => {
  expect(reasonsOf({ [name]: value })).toMatchObject([{ code: "config.badValue", at: name }]);
});

test("no value is repeated in a message, for it may be a secret", () => {
  const secret = "hunter2-hunter2";
  const names = ["PORT", "HOST", "DATABASE_URL", "POSTERN_ORIGIN", "POSTERN_LOG_LEVEL", "POSTERN_TICK_SECONDS", "POSTERN_SEEL_KEY"];
  const reasons = reasonsOf(Object.fromEntries(names.map((name) => [name, `${secret} `])));
  expect(reasons).toHaveLength(names.length);
  expect(JSON.stringify(reasons)).not.toContain(secret);
});

test("several processes at one port need a database that is not one's own", () => {
  expect(reasonsOf({ POSTERN_SHARE_PORT: "true" })).toMatchObject([{ code: "config.missing", at: "DATABASE_URL" }]);
});

const OIDC = { POSTERN_OIDC_ISSUER: "https://login.example", POSTERN_OIDC_CLIENT_ID: "postern", POSTERN_OIDC_AMR: "hwk" };

const missing = (env: Record<string, string>) => reasonsOf(env).map(({ code, at }) => `${code} ${at}`);

test("an OpenID provider is refused whole while it lacks something, above all the strength to demand", () => {
  expect(missing({ POSTERN_OIDC_NAME: "Example ID" })).toEqual([
    "config.missing POSTERN_OIDC_ISSUER",
    "config.missing POSTERN_OIDC_CLIENT_ID",
    "config.missing POSTERN_OIDC_ACR",
  ]);
  const { POSTERN_OIDC_AMR: _, ...weak } = OIDC;
  expect(missing(weak)).toEqual(["config.missing POSTERN_OIDC_ACR"]);
  expect(missing({ ...OIDC, POSTERN_OIDC_ACCOUNT_CLAIM: "oid" })).toEqual(["config.missing POSTERN_OIDC_ACCOUNT_CONNECTION"]);
});

test("an OpenID provider is called by its host where it has no name, and asked over TLS unless it is on this machine", () => {
  expect(readConfig(OIDC).company).toMatchObject({
    name: "login.example",
    clientAuth: "none",
    scope: "openid",
    maxAgeSeconds: undefined,
    account: undefined,
  });
  const issuer = (POSTERN_OIDC_ISSUER: string) => () => readConfig({ ...OIDC, POSTERN_OIDC_ISSUER });
  expect(issuer("http://localhost:9000")).not.toThrow();
  for (const bad of [
    "http://login.example",
    "login.example",
    "https://login.example/?a=1",
    "https://u:p@login.example",
    "http://localhost.example",
  ]) {
    expect(issuer(bad), bad).toThrow(Refused);
  }
});

test("no empty strength slips through as one that everything meets", () => {
  for (const name of ["POSTERN_OIDC_ACR", "POSTERN_OIDC_AMR"]) {
    for (const value of ["", " ", ",", "phr,", ", phr"])
      expect(() => readConfig({ ...OIDC, [name]: value }), `${name}=${value}`).toThrow(Refused);
  }
});

test("there is no setting for a client secret", () => {
  expect(reasonsOf({ ...OIDC, POSTERN_OIDC_CLIENT_SECRET: "s" })[0]?.code).toBe("config.unknownKey");
});

test("TLS for callers is refused while it lacks a part, and without anybody to know by it", () => {
  expect(missing({ POSTERN_DECISION_TLS_PORT: "8443" })).toEqual([
    "config.missing POSTERN_DECISION_TLS_CERT",
    "config.missing POSTERN_DECISION_TLS_KEY",
    "config.missing POSTERN_DECISION_CALLERS",
  ]);
});
