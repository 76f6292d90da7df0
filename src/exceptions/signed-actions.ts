/** What a passkey says it signs, for each decision on an exception: part of what is signed. */

export const VOTE_ACTIONS = {
  approve: "exceptions.approve",
  reject: "exceptions.reject",
  request_changes: "exceptions.requestChanges",
} as const;

export const REVIEW_ACTIONS = { retain: "exceptions.retain", reduce: "exceptions.reduce", revoke: "exceptions.revoke" } as const;
