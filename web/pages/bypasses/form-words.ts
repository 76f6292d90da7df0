/** How a bypass gets around the front gate, as people say it; the connector pages say how each is recognised. */
const FORMS: Readonly<Record<string, string>> = {
  requirement_cleared: "Strong sign-in is not demanded",
  governed_group_member: "In an exemption group that Postern governs",
  ungoverned_exemption: "Let through by a group or rule Postern does not govern",
  password_not_required: "Needs no password at all",
  password_never_expires: "Password never expires",
  weaker_password_policy: "Under a weaker password policy",
  password_reset_behind_requirement: "Password set again behind the smart-card requirement",
  password_usable: "A password still works",
};

export function formWords(form: string): string {
  return FORMS[form] ?? form.replaceAll("_", " ");
}
