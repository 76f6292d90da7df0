/** The roles a person can hold. Approval plans, endpoint access and refusals name them by these words. */
export const ROLES = [
  "administrator",
  "iam",
  "network_security",
  "endpoint",
  "security_governance",
  "security_architecture",
  "vendor_manager",
  "site_operations",
  "operations",
  "help_desk",
  "application_owner",
  "executive",
  "auditor",
] as const;

export type Role = (typeof ROLES)[number];

/** Whoever holds the help-desk role never owns and never approves, whatever else they hold. */
export function isHelpDesk(roles: readonly Role[]): boolean {
  return roles.includes("help_desk");
}

/** Roles that neither approve nor own anything, and so may be held beside the help-desk role. */
const DECIDE_NOTHING: readonly Role[] = ["help_desk", "administrator", "auditor"];

/** Roles that approve or own, which the help-desk role would take the effect of. */
export function decidingRoles(roles: readonly Role[]): readonly Role[] {
  return roles.filter((role) => !DECIDE_NOTHING.includes(role));
}

/** The same roles once each, in the order of {@link ROLES}: two lists of the same roles are equal. */
export function orderedRoles(roles: readonly Role[]): readonly Role[] {
  return ROLES.filter((role) => roles.includes(role));
}
