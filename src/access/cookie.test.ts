import { expect, test } from "vitest";

import { readCookie, setCookie } from "./cookie.ts";
import { relyingPartyOf } from "./relying-party.ts";

test("only the cookie of exactly our name is read, wherever it stands among others", () => {
  const https = "https://postern.example";
  expect(readCookie(https, "a=1; __Host-postern=token; b=2")).toBe("token");
  for (const header of [null, "", "postern=token", "x__Host-postern=token", "__Host-postern=", "__host-postern=token"]) {
    expect(readCookie(https, header)).toBeUndefined();
  }
});

test("two instances on one machine do not share a cookie", () => {
  expect(readCookie("http://localhost:8081", setCookie("http://localhost:8080", "token"))).toBeUndefined();
});

test("an origin on which browsers offer no passkeys stops the start", () => {
  for (const origin of ["http://postern.example", "https://192.0.2.1", "http://127.0.0.1:8080", "https://[2001:db8::1]"]) {
    expect(() => relyingPartyOf(origin)).toThrow(RangeError);
  }
  expect(relyingPartyOf("https://postern.example:8443/")).toEqual({ origin: "https://postern.example:8443", rpId: "postern.example" });
  expect(relyingPartyOf("http://localhost:8080")).toEqual({ origin: "http://localhost:8080", rpId: "localhost" });
});
