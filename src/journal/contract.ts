/**
 * The journal over HTTP. Below /api/v1/journal lies a C2SP tlog-tiles log: any client of that format can follow it with this
 * prefix. Hashes and checkpoints are for anyone, since they give nothing away; what entries say is for those who may read it.
 */
import { z } from "zod";

import { endpoint, instantText, pageOf, pageQuery } from "../kernel/contract.ts";

/** Who may read everything that happened, whatever it is about. */
export const JOURNAL_READERS = ["administrator", "iam", "security_governance", "executive", "auditor"] as const;

const entryId = z.strictObject({ id: z.string().max(40) });

export const entryView = z.strictObject({
  id: z.string(),
  /** Kind of the subject. */
  kind: z.string(),
  subject: z.string(),
  version: z.number(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  /** Place in the log; absent until the sequencer gave it one, which takes less than a second. */
  leaf: z.number().optional(),
  /** The exact text that was hashed: canonical JSON. */
  body: z.string(),
});
export type EntryView = z.output<typeof entryView>;

export const provenEntryView = z.strictObject({
  ...entryView.shape,
  /** Present once a checkpoint covers the entry. */
  proof: z
    .strictObject({
      /** C2SP tlog-proof: the entry, its inclusion proof and the signed checkpoint. */
      text: z.string(),
      size: z.number(),
      /** Base 64, nearest the leaf first, each with the leaves it stands for: what a picture of the proof needs. */
      path: z.array(z.strictObject({ start: z.number(), end: z.number(), hash: z.string() })),
    })
    .optional(),
});

export const journalKey = endpoint({
  id: "journalKey",
  method: "GET",
  path: "/api/v1/journal/key",
  summary: "The public key the journal is signed with. Get it once from somebody you trust, and keep it",
  access: "anyone",
  reply: z.strictObject({ verifierKey: z.string() }),
});

export const journalCheckpoint = endpoint({
  id: "journalCheckpoint",
  method: "GET",
  path: "/api/v1/journal/checkpoint",
  summary: "The newest signed checkpoint, as a signed note",
  access: "anyone",
  reply: z.string(),
});

export const listCheckpoints = endpoint({
  id: "listCheckpoints",
  method: "GET",
  path: "/api/v1/journal/checkpoints",
  summary: "Every checkpoint ever signed, smallest first, or the newest first",
  access: "anyone",
  query: z.strictObject({ ...pageQuery, order: z.enum(["smallest", "newest"]).default("smallest") }),
  reply: pageOf(z.strictObject({ size: z.number(), at: z.string(), note: z.string() })),
});

export const journalEntryBundle = endpoint({
  id: "journalEntryBundle",
  method: "GET",
  path: "/api/v1/journal/tile/entries/:path{.+}",
  summary: "256 entries of the log, by the path of their tile (C2SP tlog-tiles)",
  access: JOURNAL_READERS,
  params: z.strictObject({ path: z.string().max(60) }),
  reply: z.unknown(),
  refusals: ["journal.tileNotFound"],
});

export const journalTile = endpoint({
  id: "journalTile",
  method: "GET",
  path: "/api/v1/journal/tile/:path{.+}",
  summary: "256 hashes of the log's tree, by the path of their tile (C2SP tlog-tiles)",
  access: "anyone",
  params: z.strictObject({ path: z.string().max(60) }),
  reply: z.unknown(),
  refusals: ["journal.tileNotFound"],
});

export const namedEntryView = z.strictObject({
  ...entryView.shape,
  /** Absent where nobody is called by that id: `tick`, `scan`. */
  actorName: z.string().optional(),
  /** What people call the subject; of a passkey or an invitation, whose it is. */
  subjectName: z.string().optional(),
});
export type NamedEntryView = z.output<typeof namedEntryView>;

export const listEntries = endpoint({
  id: "listEntries",
  method: "GET",
  path: "/api/v1/journal/entries",
  summary: "What happened, newest first; by kind or subject, who did it, type and time",
  access: JOURNAL_READERS,
  query: z.strictObject({
    ...pageQuery,
    kind: z.string().max(40).optional(),
    subject: z.string().max(40).optional(),
    actor: z.string().max(80).optional(),
    type: z.string().max(60).optional(),
    /** From this moment on. */
    from: instantText.optional(),
    /** Before this moment. */
    until: instantText.optional(),
  }),
  reply: pageOf(namedEntryView),
});

export const getEntry = endpoint({
  id: "getEntry",
  method: "GET",
  path: "/api/v1/journal/entries/:id",
  summary: "One entry with its proof",
  access: "signedIn",
  params: entryId,
  reply: provenEntryView,
  refusals: ["journal.entryNotFound"],
});

export const getEntryProof = endpoint({
  id: "getEntryProof",
  method: "GET",
  path: "/api/v1/journal/entries/:id/proof",
  summary: "The offline proof of one entry, as a file (C2SP tlog-proof)",
  access: "signedIn",
  params: entryId,
  reply: z.string(),
  refusals: ["journal.entryNotFound", "journal.notCoveredYet"],
});

export const listSubjectEntries = endpoint({
  id: "listSubjectEntries",
  method: "GET",
  path: "/api/v1/journal/subjects/:subject/entries",
  summary: "Everything that happened to one subject, oldest first",
  access: "signedIn",
  params: z.strictObject({ subject: z.string().max(40) }),
  query: z.strictObject(pageQuery),
  reply: pageOf(entryView),
  refusals: ["journal.entryNotFound"],
});

export const listStoredStates = endpoint({
  id: "listStoredStates",
  method: "GET",
  path: "/api/v1/journal/states",
  summary: "Every stored state, for verifiers to compare with the replayed journal",
  access: JOURNAL_READERS,
  query: z.strictObject(pageQuery),
  reply: pageOf(z.strictObject({ kind: z.string(), subject: z.string(), version: z.number(), state: z.unknown() })),
});

/** What changed, by kind and id and nothing else: whoever wants to know more asks for it, and is answered as far as they may know. */
export const changeEvent = z.strictObject({ kind: z.string(), id: z.string() });
export type ChangeEvent = z.output<typeof changeEvent>;

export const watchChanges = endpoint({
  id: "watchChanges",
  method: "GET",
  path: "/api/v1/events",
  summary: "What changes, as it happens: server-sent events, resumed with Last-Event-ID",
  access: "signedIn",
  reply: z.string(),
  refusals: ["journal.tooManyStreams"],
});
