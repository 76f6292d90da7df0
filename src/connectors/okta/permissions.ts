/** What the service application has to be granted, why, and what breaks without it. */
import type { Permission } from "../port.ts";
import type { Scope } from "./sign-in.ts";

export const PERMISSIONS: Readonly<Record<Scope, Omit<Permission, "name" | "held">>> = {
  "okta.users.read": { why: "finds people, and the groups they are in", without: "nobody can be found, nothing granted or read back" },
  "okta.users.manage": { why: "ends sessions and tokens after a revocation", without: "sessions live on until they end by themselves" },
  "okta.groups.read": {
    why: "reads who is in an exemption group, and which group rules fill one",
    without: "exceptions can be neither seen nor granted",
  },
  "okta.groups.manage": {
    why: "puts people into an exemption group and takes them out; keeps one group of its own for each exception",
    without: "exceptions can be neither applied nor taken away",
  },
  "okta.policies.read": {
    why: "reads policies and rules, and asks Okta to simulate them",
    without: "whether anybody is let through is unknown",
  },
  "okta.apps.read": {
    why: "reads which application goes by which policy",
    without: "discovery is refused: applications with a weaker policy would stay unseen",
  },
  "okta.authenticators.read": {
    why: "sees whether temporary access codes can be handed out",
    without: "discovery is refused: such codes would stay unseen",
  },
  "okta.logs.read": {
    why: "who changed a governed object or put somebody into an exemption group, and how people sign in",
    without: "changes are noticed only by the next discovery, without who made them",
  },
};
