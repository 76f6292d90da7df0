/** Who has a part in an exception: whoever asks for it decides on none of it, neither do those who carry it out or pass by it. Pure. */
import type { Refusal } from "../kernel/problem.ts";
import { type Dossier, type ExceptionState, versionInEffect } from "./exception.ts";
import { factsAbout, type Facts } from "./facts.ts";
import { HELP_DESK } from "./policy.ts";
import { shownContent } from "./projection.ts";
import { refuseIf } from "./refusals.ts";
import type { PersonId, Version } from "./version.ts";

/** The version that is held, as somebody asked for it: whoever reduced it since asked for nothing. */
export function versionAsked(dossier: Dossier): Version | undefined {
  const held = versionInEffect(dossier);
  if (held?.purpose !== "reduction") return held;
  return dossier.versions.findLast(({ n, purpose, fate }) => n < held.n && purpose !== "reduction" && fate === "approved");
}

/** Everybody who wants it to be: those who asked, ever, and whoever owns it. None of them accepts its risk. */
export function wantedBy(state: ExceptionState): readonly PersonId[] {
  const { requester, owner, versions } = state.dossier;
  const asking = versions.filter(({ purpose }) => purpose !== "reduction").map(({ submittedBy }) => submittedBy);
  const named = shownContent(state)?.accountability?.businessOwner;
  return [...new Set([requester, owner, named, ...asking])].filter((id) => typeof id === "string");
}

/** Of the version given: nobody decides for themselves (who put it forward asked for it too), nor for whom they act for; the help desk and the implementer never decide. */
export function partialityReasons(
  dossier: Dossier,
  version: Version | undefined,
  facts: Facts,
  person: PersonId,
  verb: "decides" | "reviews it" | "begins it",
): readonly Refusal[] {
  const askers = version === undefined ? [dossier.requester] : [dossier.requester, version.submittedBy];
  const acts = askers.some((asker) => asker !== person && (facts.actsFor[asker] ?? []).includes(person));
  const { isHelpDesk, roles } = factsAbout(facts, person);
  const through = facts.covered.includes(person) || version?.content.scope.some((item) => item.subject.person === person) === true;
  const isImplementer = version?.content.accountability.implementer === person;
  const other = `somebody else ${verb}.`;
  return [
    ...refuseIf(askers.includes(person), "exceptions.requesterMayNotApprove", `You asked for it: ${other}`),
    ...refuseIf(acts, "exceptions.actingForRequester", `You act for whoever asked for it: ${other}`),
    ...refuseIf(isHelpDesk || roles.includes(HELP_DESK), "exceptions.helpDeskMayNotApprove", `The help desk never decides: ${other}`),
    ...refuseIf(through, "exceptions.subjectMayNotApprove", `It lets you through: ${other}`),
    ...refuseIf(isImplementer, "exceptions.implementerMayNotApprove", `You implement it: ${other}`),
  ];
}
