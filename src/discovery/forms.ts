/** What each form of bypass means to somebody who reads an inventory. Pure. */
import type { Bypass, BypassForm } from "../connectors/port.ts";

export interface FormWords {
  /** How it lets in, as a noun that fits a list. */
  readonly title: string;
  /** What to do about it, a sentence. */
  readonly help: string;
  /** False where it makes a password worse, and lets nobody in who could not get in without it. */
  readonly opens: boolean;
  /**
   * Where the way around is: at the account itself; at the policy, where each exception has a group of its own; or at the group, rule
   * or application that leaves somebody out.
   */
  readonly at: "account" | "policy" | "object";
}

export const FORMS: Readonly<Record<BypassForm, FormWords>> = {
  requirement_cleared: form("account", "Strong sign-in not demanded", "Demand it of this account, or register an exception with an end."),
  governed_group_member: form("policy", "In an exemption group of Postern", "Its exception says who answers for it and when it ends."),
  ungoverned_exemption: form(
    "object",
    "Exempt by a group or rule",
    "Take it out of the exemption, or register an exception with an owner and an end.",
  ),
  password_not_required: form("account", "No password needed at all", "Demand one: anybody who knows the name may get in."),
  password_never_expires: form("account", "Password never expires", "Let it expire, or make the account passwordless.", false),
  weaker_password_policy: form("account", "Weaker password policy", "Put the account under the common policy.", false),
  password_reset_behind_requirement: form(
    "account",
    "Password set behind the requirement",
    "Set the requirement anew, so that the provider draws a password nobody knows.",
  ),
  password_usable: form(
    "account",
    "A password alone gets in",
    "Take the password away, or ask for a factor that cannot be phished beside it.",
  ),
  policy_not_enforced: form("object", "Policy not enforced", "Turn the policy on, and register who is not ready yet, with an end."),
  policy_demands_less: form("object", "Policy asks for less", "Ask for a method that cannot be phished."),
  application_exempt: form(
    "object",
    "Application left out",
    "Put the application under the policy of the others, or register who owns the exception.",
  ),
  condition_exempt: form("object", "Place, platform or client left out", "Narrow the condition: a network or a device is no person."),
  nobody_included: form("object", "No policy covers them", "Extend a policy to these people."),
  legacy_sign_in: form("object", "Sign-in that never asks twice", "Turn this way of signing in off, or move the client away from it."),
  recovery_by_mail: form("object", "A mailbox is enough", "Recover accounts by an enrolment that somebody witnesses."),
  temporary_pass: form("account", "Temporary pass still valid", "Let it end with its first use, and soon."),
  enrolment_open: form(
    "object",
    "Enrolment without strong sign-in",
    "Ask for strong sign-in, or a witness, before a method is registered.",
  ),
  weak_method_allowed: form("object", "Method that can be phished", "Allow only methods that are bound to the address they sign in to."),
  dangling_condition: form(
    "object",
    "Condition names nothing",
    "Repair the condition: it names a group or role that is not there, and nobody knows whom it lets through.",
  ),
  static_secret: form("account", "Secret without an end", "Replace it by short-lived credentials; until then rotate it and name who does."),
};

function form(at: FormWords["at"], title: string, help: string, opens = true): FormWords {
  return { title, help, opens, at };
}

/** A form that a newer release may have named is still shown. */
export function formWords(form: string): FormWords {
  return FORMS[form as BypassForm] ?? { title: form.replaceAll("_", " "), help: "", opens: true, at: "object" };
}

/** Whether anybody gets in by it who could not get in without it. */
export function letsIn({ form, opens }: Bypass): boolean {
  return opens !== false && formWords(form).opens;
}
