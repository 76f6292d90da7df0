/**
 * An authenticator in software: real ES256 keys, real registrations (attestation "none") and real assertions, so that whole
 * stories run without a browser. Its tweaks make the answers a broken or hostile client would give.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface AuthenticatorSettings {
  readonly origin: string;
  /** A synced passkey keeps no counter; a device-bound one counts its signatures. */
  readonly kind?: "synced" | "device_bound";
}

export interface Tweaks {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly counter?: number;
  readonly userVerified?: boolean;
  readonly crossOrigin?: boolean;
  readonly discoverable?: boolean;
  /** Signs with a key that is not the credential's. */
  readonly foreignKey?: boolean;
}

/** What `navigator.credentials` is asked, as far as an authenticator cares. */
export type Question = Readonly<Record<string, unknown>>;

interface Credential {
  readonly id: Buffer;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  counter: number;
}

/** Everything in base64, as Chromium's protocol takes it; the key is PKCS #8. */
export interface ExportedPasskey {
  readonly credentialId: string;
  readonly userHandle: string;
  readonly privateKey: string;
  readonly signCount: number;
  readonly isSynced: boolean;
}

export interface Authenticator {
  create(options: Question, tweaks?: Tweaks): Record<string, unknown>;
  get(options: Question, tweaks?: Tweaks): Record<string, unknown>;
  /** Its passkeys, for a real browser's virtual authenticator to hold instead. */
  exportPasskeys(): readonly ExportedPasskey[];
  /** Sets the newest credential's counter, as a restored copy of the device would have it. */
  rewind(counter: number): void;
}

const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;
const AT = 0x40;

export function createAuthenticator(settings: AuthenticatorSettings): Authenticator {
  const credentials: Credential[] = [];
  const isSynced = (settings.kind ?? "synced") === "synced";
  const kindFlags = isSynced ? BE | BS : 0;
  const flagsOf = (tweaks: Tweaks) => UP | (tweaks.userVerified === false ? 0 : UV) | kindFlags;
  const rpIdOf = (tweaks: Tweaks) => tweaks.rpId ?? new URL(settings.origin).hostname;
  const clientData = (type: string, options: Question, tweaks: Tweaks) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: tweaks.challenge ?? options["challenge"],
        origin: tweaks.origin ?? settings.origin,
        crossOrigin: tweaks.crossOrigin ?? false,
      }),
    );

  return {
    create(options, tweaks = {}) {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const credential: Credential = {
        id: randomBytes(32),
        userHandle: (options["user"] as { id: string }).id,
        privateKey,
        counter: 0,
      };
      credentials.push(credential);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(credential.id.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, credential.id, coseKey(publicKey)]);
      const authenticatorData = Buffer.concat([header(rpIdOf(tweaks), flagsOf(tweaks) | AT, tweaks.counter ?? 0), attested]);
      return {
        ...base(credential.id),
        clientExtensionResults: { credProps: { rk: tweaks.discoverable ?? true } },
        response: {
          clientDataJSON: clientData("webauthn.create", options, tweaks).toString("base64url"),
          attestationObject: attestationObject(authenticatorData).toString("base64url"),
          transports: [isSynced ? "internal" : "usb"],
        },
      };
    },
    get(options, tweaks = {}) {
      const allowed = options["allowCredentials"] as { id: string }[] | undefined;
      const credential = credentials.findLast(
        ({ id }) => allowed === undefined || allowed.some((each) => each.id === id.toString("base64url")),
      );
      if (credential === undefined) throw new Error("this authenticator has no passkey that was asked for");
      if (!isSynced) credential.counter += 1;
      const authenticatorData = header(rpIdOf(tweaks), flagsOf(tweaks), tweaks.counter ?? credential.counter);
      const data = clientData("webauthn.get", options, tweaks);
      const key = tweaks.foreignKey === true ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : credential.privateKey;
      const signature = sign("sha256", Buffer.concat([authenticatorData, sha256(data)]), key);
      return {
        ...base(credential.id),
        clientExtensionResults: {},
        response: {
          clientDataJSON: data.toString("base64url"),
          authenticatorData: authenticatorData.toString("base64url"),
          signature: signature.toString("base64url"),
          userHandle: credential.userHandle,
        },
      };
    },
    exportPasskeys: () =>
      credentials.map(({ id, userHandle, privateKey, counter }) => ({
        credentialId: id.toString("base64"),
        userHandle: Buffer.from(userHandle, "base64url").toString("base64"),
        privateKey: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
        signCount: counter,
        isSynced,
      })),
    rewind(counter) {
      credentials.at(-1)!.counter = counter;
    },
  };
}

function base(id: Buffer): { id: string; rawId: string; type: string; authenticatorAttachment: string } {
  const text = id.toString("base64url");
  return { id: text, rawId: text, type: "public-key", authenticatorAttachment: "platform" };
}

function header(rpId: string, flags: number, counter: number): Buffer {
  const rest = Buffer.alloc(5);
  rest[0] = flags;
  rest.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(Buffer.from(rpId)), rest]);
}

/** CBOR: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: "jwk" });
  return Buffer.concat([Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]), cborBytes32(x!), Buffer.from([0x22]), cborBytes32(y!)]);
}

/** CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}. */
function attestationObject(authenticatorData: Buffer): Buffer {
  const length = Buffer.alloc(3);
  length[0] = 0x59;
  length.writeUInt16BE(authenticatorData.length, 1);
  return Buffer.concat([
    Buffer.from([0xa3]),
    cborText("fmt"),
    cborText("none"),
    cborText("attStmt"),
    Buffer.from([0xa0]),
    cborText("authData"),
    length,
    authenticatorData,
  ]);
}

function cborBytes32(base64url: string): Buffer {
  return Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(base64url, "base64url")]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
