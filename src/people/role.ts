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
