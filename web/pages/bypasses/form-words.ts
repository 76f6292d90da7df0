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
  policy_not_enforced: "The policy that should ask is not enforced",
  policy_demands_less: "The policy asks for less than a phishing-resistant sign-in",
  application_exempt: "An application is left out, or has a weaker policy of its own",
  condition_exempt: "A place, platform, device or kind of client is left out",
  nobody_included: "No policy covers them",
  legacy_sign_in: "A password goes in where no second factor is asked",
  recovery_by_mail: "A mailbox is enough to get in",
  temporary_pass: "A temporary pass is valid",
  enrolment_open: "A method can be registered without strong sign-in",
  weak_method_allowed: "A method that can be phished is allowed",
  dangling_condition: "A condition names a group or role that does not exist",
  static_secret: "A secret signs in by itself and does not end",
};

export function formWords(form: string): string {
  return FORMS[form] ?? form.replaceAll("_", " ");
}
