import { expect, test } from "vitest";

import { openAccess } from "../../test/support/access.ts";
import { describeOnBothDatabases } from "../../test/support/databases.ts";
import { refusedWith } from "../../test/support/refused-with.ts";
import { executeSql } from "../platform/db.ts";

describeOnBothDatabases("the way back from the machine", (open) => {
  test("ends every passkey and session of the person, gives one link, and says in the journal who did it", async () => {
    const database = await open();
    const at = openAccess(database);
    const lost = await at.signedIn("per_ann", ["administrator"]);
    expect((await lost.ask("GET", "/api/v1/session")).status).toBe(200);
    const { link, invitation } = await at.access.enrolment.rescue("per_ann", at.clock.now());
    expect((await lost.ask("GET", "/api/v1/session")).status).toBe(401);
    expect((await lost.signIn()).status).toBe(403);
    const found = at.browser();
    await found.enrol(link);
    expect((await found.ask("GET", "/api/v1/session")).body["roles"]).toEqual(["administrator"]);
    const said = await executeSql(
      database.db,
      "select type from journal_entry where body like '%\"id\":\"terminal\"%' and subject_kind in ('passkey', 'invitation') order by position",
    );
    expect(said.rows.slice(-2)).toEqual([{ type: "suspended" }, { type: "invited" }]);
    expect(invitation.person).toBe("per_ann");
  });

  test("is for nobody who is not there", async () => {
    const at = openAccess(await open());
    await expect(at.access.enrolment.rescue("per_nobody", at.clock.now())).rejects.toEqual(refusedWith("access.personUnknown"));
  });
});
