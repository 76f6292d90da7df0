/** What the account has to be allowed, why, and what breaks without it. docs/connectors/openldap.md has the rules to write. */
import type { OpenLdapSettings } from "./config.ts";
import type { Permission } from "../port.ts";

export function permissionsOf(settings: OpenLdapSettings) {
  const hasPasswords = settings.policies.some(({ shape }) => shape === "attribute");
  const readPeople = {
    name: `read people and groups below ${settings.baseDn}`,
    why: "subjects are known by entryUUID, found by uid, mail and cn, and counted through their groups",
    without: "nobody can be found, and nothing can be granted",
  };
  const writeGroups = settings.policies.map(({ exemptionsBase }) => ({
    base: exemptionsBase,
    permission: {
      name: `write below ${exemptionsBase}`,
      why: "each exception is a group of its own there",
      without: "exceptions can be neither applied nor taken away",
    },
  }));
  const setEnds = settings.policies
    .filter(({ shape }) => shape === "group")
    .map(({ exemptionsBase }) => ({
      base: exemptionsBase,
      permission: {
        name: `manage entryTtl below ${exemptionsBase}`,
        why: "a group ends by itself on its date even while Postern is down (dds overlay)",
        without: "exceptions cannot be applied where the dds overlay is on",
      },
    }));
  const longTerms = {
    name: "entries that live for a year (dds-max-ttl 31557600, and dds-min-ttl 1)",
    why: "an exception's group lives as long as the exception",
    without: "longer exceptions cannot be applied",
  };
  const passwords = {
    lock: {
      name: "write pwdAccountLockedTime of people",
      why: "locking the password is what leaves sign-in by certificate alone",
      without: "passwords can be neither opened nor locked again",
    },
    end: {
      name: "write pwdEndTime of people",
      why: "an opened password ends by itself on its date even while Postern is down",
      without: "passwords can be neither opened nor locked again",
    },
    presence: {
      name: "search userPassword of people",
      why: "whether there is a password at all, without ever seeing it",
      without: "everybody is taken to have a password: more bypasses are reported than there are",
    },
  };
  const readLog = {
    name: `read ${settings.accesslogBase ?? "the accesslog"}`,
    why: "who changed a governed object behind Postern's back",
    without: "changes are noticed only by the next discovery, without who made them",
  };
  return { readPeople, writeGroups, setEnds, longTerms, readLog, passwords: hasPasswords ? passwords : undefined };
}

/** All of them, as a list; nothing is tried. */
export function listPermissions(settings: OpenLdapSettings): readonly Permission[] {
  const { readPeople, writeGroups, setEnds, longTerms, passwords, readLog } = permissionsOf(settings);
  const log = settings.accesslogBase === undefined ? [] : [readLog];
  return [
    readPeople,
    ...[...writeGroups, ...setEnds].map(({ permission }) => permission),
    ...(setEnds.length > 0 ? [longTerms] : []),
    ...Object.values(passwords ?? {}),
    ...log,
  ];
}
