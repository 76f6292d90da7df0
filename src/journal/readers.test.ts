/** Whoever may list something is told that it changed; whoever may not is not, and cannot read its entries by another way. */
import { expect, test } from "vitest";

import { listBypasses } from "../bypasses/contract.ts";
import { listConnections } from "../connections/contract.ts";
import { getApplication, getDeviceClass } from "../estate/contract.ts";
import { getCommonCause, getComponent, getOperation } from "../estate/contract-model.ts";
import { getException, listCategories } from "../exceptions/contract.ts";
import { getDesignIssue, listRiskAcceptances } from "../governance/contract.ts";
import { ROLES } from "../people/role.ts";
import { JOURNAL_READERS } from "./contract.ts";
import { mayReadKind } from "./readers.ts";

const READ_BY = {
  exception: getException,
  bypass: listBypasses,
  connection: listConnections,
  application: getApplication,
  deviceClass: getDeviceClass,
  component: getComponent,
  commonCause: getCommonCause,
  operation: getOperation,
  policy: listCategories,
  designIssue: getDesignIssue,
  riskAcceptance: listRiskAcceptances,
};

test.each(Object.entries(READ_BY))("%s", (kind, { access }) => {
  for (const role of ROLES) {
    const may = access === "signedIn" || (access as readonly string[]).includes(role) || JOURNAL_READERS.some((each) => each === role);
    expect(mayReadKind(kind, [role]), role).toBe(may);
  }
});

test.each(["person", "session", "passkey", "invitation", "whatever comes later"])("%s is for those who read the journal", (kind) => {
  for (const role of ROLES) expect(mayReadKind(kind, [role]), role).toBe(JOURNAL_READERS.some((each) => each === role));
});
