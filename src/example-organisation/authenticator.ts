/**
 * The passkeys of the invented people: an authenticator in software, with real ES256 keys, real registrations (attestation "none")
 * and real assertions. Its keys are known to the example organisation and to nobody else.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What `navigator.credentials` is asked, as far as an authenticator cares. */
export type Question = Readonly<Record<string, unknown>>;

/** A credential as it is kept between two starts of the process. */
export interface KeptCredential {
  readonly id: string;
  readonly userHandle: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
}

export interface SoftwareAuthenticator {
  create(question: Question): Record<string, unknown>;
  /** Throws when it has none of the passkeys that are asked for. */
  get(question: Question): Record<string, unknown>;
  kept(): readonly KeptCredential[];
}

interface Credential {
  readonly id: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
}

/** User present, user verified, and a synced passkey that is backed up: it keeps no counter. */
const FLAGS = 0x01 | 0x04 | 0x08 | 0x10;
const WITH_NEW_KEY = 0x40;

export function createSoftwareAuthenticator(origin: string, kept: readonly KeptCredential[] = []): SoftwareAuthenticator {
  const rpId = new URL(origin).hostname;
  const credentials: Credential[] = kept.map(({ id, userHandle, privateKey }) => ({
    id,
    userHandle,
    privateKey: createPrivateKey(privateKey),
  }));
  const clientData = (type: string, { challenge }: Question) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

  return {
    create(question) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const id = randomBytes(32);
      credentials.push({ id: id.toString("base64url"), userHandle: (question["user"] as { id: string }).id, privateKey });
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, id, coseKey(publicKey)]);
      return {
        ...credential(id.toString("base64url")),
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: clientData("webauthn.create", question).toString("base64url"),
          attestationObject: attestationObject(Buffer.concat([header(rpId, FLAGS | WITH_NEW_KEY), attested])).toString("base64url"),
          transports: ["internal"],
        },
      };
    },
    get(question) {
      const allowed = question["allowCredentials"] as { id: string }[] | undefined;
      const found = credentials.findLast(({ id }) => allowed === undefined || allowed.some((each) => each.id === id));
      if (found === undefined) throw new Error("this authenticator has no passkey that was asked for");
      const authenticatorData = header(rpId, FLAGS);
      const data = clientData("webauthn.get", question);
      const signature = sign("sha256", Buffer.concat([authenticatorData, sha256(data)]), found.privateKey);
      return {
        ...credential(found.id),
        clientExtensionResults: {},
        response: {
          clientDataJSON: data.toString("base64url"),
          authenticatorData: authenticatorData.toString("base64url"),
          signature: signature.toString("base64url"),
          userHandle: found.userHandle,
        },
      };
    },
    kept: () =>
      credentials.map(({ id, userHandle, privateKey }) => ({
        id,
        userHandle,
        privateKey: privateKey.export({ type: "pkcs8", format: "pem" }),
      })),
  };
}

function credential(id: string): { id: string; rawId: string; type: string; authenticatorAttachment: string } {
  return { id, rawId: id, type: "public-key", authenticatorAttachment: "platform" };
}

function header(rpId: string, flags: number): Buffer {
  const flagsAndCounter = Buffer.alloc(5);
  flagsAndCounter[0] = flags;
  return Buffer.concat([sha256(Buffer.from(rpId)), flagsAndCounter]);
}

/** CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  return Buffer.concat([Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]), cborCoordinate(x), Buffer.from([0x22]), cborCoordinate(y)]);
}

/** CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}. */
function attestationObject(authenticatorData: Buffer): Buffer {
  const length = Buffer.alloc(3);
  length[0] = 0x59;
  length.writeUInt16BE(authenticatorData.length, 1);
  const empty = Buffer.from([0xa0]);
  return Buffer.concat([
    Buffer.from([0xa3]),
    cborText("fmt"),
    cborText("none"),
    cborText("attStmt"),
    empty,
    cborText("authData"),
    length,
    authenticatorData,
  ]);
}

function cborCoordinate(base64url: string): Buffer {
  return Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(base64url, "base64url")]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
