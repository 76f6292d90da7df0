import { createPrivateKey, generateKeyPairSync } from "node:crypto";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { encodeBase64 } from "../kernel/base64.ts";
import { formatCheckpoint, parseCheckpoint } from "./checkpoint.ts";
import { formatNote, formatVerifierKey, parseNote, parseVerifierKey } from "./note.ts";
import { createSigner, openCheckpoint, parsePrivateKey, sha256, signCheckpoint } from "./signing.ts";

const newSigner = (name = "postern.example/log") => createSigner(name, generateKeyPairSync("ed25519").privateKey);
const root = new Uint8Array(sha256(new Uint8Array([1])));
const rootText = encodeBase64(root);

describe("verifier keys", () => {
  test("a key reads back from its line", () => {
    const { key } = newSigner();
    expect(parseVerifierKey(sha256, formatVerifierKey(key))).toEqual(key);
  });
  test("the key id is the one other implementations compute", () => {
    const line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    expect(parseVerifierKey(sha256, line)?.name).toBe("PeterNeumann");
  });
  test.each([
    ["an id that is not of this key", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["another name", "PeterNewmann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["another algorithm", "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["a key cut short", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q="],
    ["an upper-case id", "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["nothing", ""],
  ])("%s is refused", (_, line) => {
    expect(parseVerifierKey(sha256, line)).toBeUndefined();
  });
  test.each(["", "two words", "a+b", "line\nbreak", "no\u00a0break"])("%j cannot name a key", (name) => {
    expect(() => newSigner(name)).toThrow(RangeError);
  });
});

describe("private keys", () => {
  test("a PEM and the seed inside it are the same key", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const der = privateKey.export({ format: "der", type: "pkcs8" });
    const pem = privateKey.export({ format: "pem", type: "pkcs8" });
    const fromSeed = parsePrivateKey(der.subarray(-32).toString("base64"));
    expect(createSigner("x", fromSeed).key).toEqual(createSigner("x", parsePrivateKey(pem)).key);
    expect(fromSeed.equals(createPrivateKey(pem))).toBe(true);
  });
  test("a key of another kind is refused", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(() => parsePrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }))).toThrow(RangeError);
    expect(() => parsePrivateKey("c2hvcnQ=")).toThrow(RangeError);
    expect(() => parsePrivateKey("")).toThrow(RangeError);
  });
});

describe("notes", () => {
  const signature = { name: "a.example", keyId: 0xfedcba98, signature: new Uint8Array([1, 2, 3]) };
  const sound = formatNote({ text: "first\n\nsecond\n", signatures: [signature, { ...signature, name: "b.example" }] });

  test("a note reads back, empty lines in its text included", () => {
    expect(parseNote(sound)).toEqual({ text: "first\n\nsecond\n", signatures: [signature, { ...signature, name: "b.example" }] });
  });
  test("sixteen signatures and more are read, a flood is not", () => {
    expect(parseNote(formatNote({ text: "x\n", signatures: Array.from({ length: 16 }, () => signature) }))?.signatures).toHaveLength(16);
    expect(parseNote(formatNote({ text: "x\n", signatures: Array.from({ length: 101 }, () => signature) }))).toBeUndefined();
  });
  test.each([
    ["no signature", "text\n\n"],
    ["no empty line", "text\n— a AAAAAAA=\n"],
    ["no final newline", sound.slice(0, -1)],
    ["text after the signatures", `${sound}more\n`],
    ["a hyphen for the dash", sound.replace("—", "-")],
    ["a plus in a name", sound.replace("a.example", "a+b")],
    ["an empty name", sound.replace("a.example", "")],
    ["two spaces", sound.replace("a.example", "a.example ")],
    ["a key id without a signature", "text\n\n— a AAAAAA==\n"],
    ["base64 that is not", sound.replace(/ \/ty\S+/, " ????")],
    ["a tab", sound.replace("first", "fi\trst")],
    ["a carriage return", sound.replaceAll("\n", "\r\n")],
    ["half a surrogate pair", sound.replace("first", "\ud800")],
    ["nothing", ""],
  ])("a note with %s is refused", (_, note) => {
    expect(parseNote(note)).toBeUndefined();
  });
});

describe("checkpoints", () => {
  const text = formatCheckpoint({ origin: "postern.example/log", size: 42, root });

  test("a checkpoint reads back, and extension lines do not disturb it", () => {
    expect(parseCheckpoint(text)).toEqual({ origin: "postern.example/log", size: 42, root });
    expect(parseCheckpoint(`${text}later addition\n`)?.size).toBe(42);
  });
  test.each([
    ["no origin", `\n42\n${rootText}\n`],
    ["a leading zero", `o\n042\n${rootText}\n`],
    ["a negative size", `o\n-1\n${rootText}\n`],
    ["a size in hexadecimal", `o\n0x10\n${rootText}\n`],
    ["a size that JavaScript cannot hold", `o\n9007199254740993\n${rootText}\n`],
    ["a short root", `o\n42\nAAAA\n`],
    ["no root", "o\n42\n"],
    ["no final newline", `o\n42\n${rootText}`],
    ["an empty extension line", `o\n42\n${rootText}\n\n`],
    ["a control character", `o\u0007\n42\n${rootText}\n`],
  ])("a checkpoint with %s is refused", (_, malformed) => {
    expect(parseCheckpoint(malformed)).toBeUndefined();
  });
  test("an origin of two lines cannot be written", () => {
    expect(() => formatCheckpoint({ origin: "a\nb", size: 1, root })).toThrow(RangeError);
  });
});

describe("signed checkpoints", () => {
  const signer = newSigner();
  const note = signCheckpoint(signer, { size: 42, root });

  test("a signed checkpoint opens with the key that signed it", () => {
    expect(openCheckpoint(note, signer.key)).toEqual({ origin: "postern.example/log", size: 42, root });
  });
  test("another key of the same name does not open it", () => {
    expect(openCheckpoint(note, newSigner().key)).toBe("unknown_key");
    expect(openCheckpoint(note, { ...newSigner().key, keyId: signer.key.keyId })).toBe("bad_signature");
  });
  test("a witness's signature beside ours does not disturb, a second false one of ours does", () => {
    const parsed = parseNote(note)!;
    const witness = { name: "witness.example", keyId: 7, signature: new Uint8Array(72) };
    const forged = { ...parsed.signatures[0]!, signature: new Uint8Array(64) };
    expect(openCheckpoint(formatNote({ ...parsed, signatures: [witness, ...parsed.signatures] }), signer.key)).toHaveProperty("size", 42);
    expect(openCheckpoint(formatNote({ ...parsed, signatures: [...parsed.signatures, forged] }), signer.key)).toBe("bad_signature");
  });
  test("our signature over something else is not a checkpoint, and one of another log is not ours", () => {
    const signed = (text: string) =>
      formatNote({ text, signatures: [{ name: signer.key.name, keyId: signer.key.keyId, signature: signer.sign(text) }] });
    expect(openCheckpoint(signed("hello\n"), signer.key)).toBe("not_a_checkpoint");
    expect(openCheckpoint(signed(formatCheckpoint({ origin: "other.example", size: 1, root })), signer.key)).toBe("other_origin");
  });
  test("with any byte changed it opens no more", () => {
    const bytes = Buffer.from(note);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= by;
        expect(openCheckpoint(changed.toString("utf8"), signer.key)).toBeTypeOf("string");
      }),
    );
  });
});
