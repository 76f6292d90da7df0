import type { AccessRequestView } from "../../../src/access-requests/contract.ts";
import { Fact, Facts, NotKnown } from "../../parts/facts.tsx";
import { Time } from "../../parts/time.tsx";
import { titleWords } from "../../words.ts";

/** Why a decision point denied, in words; others are as their code says. */
const CODES: Readonly<Record<string, string>> = {
  exception_needed: "no rule permits it, and there was no exception",
  exception_not_started: "the exception has not begun",
  exception_ended: "the exception has ended",
  exception_suspended: "the exception is suspended",
  outside_exception_scope: "the exception does not cover it",
};

/** Everything that is known of a denial that was passed on. */
export function DeniedFacts({ request, isMine }: { request: AccessRequestView; isMine: boolean }) {
  const { caller, deniedAt, resourceName, resource, method, address, networks, deviceClasses, code, justification } = request;
  const from = [address, ...networks, ...deviceClasses].filter((each) => each !== null);
  return (
    <Facts isTight>
      <Fact name="Denied">
        at {caller}, <Time at={deniedAt} />
      </Fact>
      {!isMine && <Fact name="Who">{request.personName}</Fact>}
      <Fact name="Wanted">
        {titleWords(resource.type)} {resourceName}
      </Fact>
      <Fact name="By">{method ?? <NotKnown>the method was not said</NotKnown>}</Fact>
      <Fact name="From">{from.length === 0 ? <NotKnown>not said</NotKnown> : from.join(", ")}</Fact>
      <Fact name="Because">{CODES[code] ?? titleWords(code).toLowerCase()}</Fact>
      {justification !== "" && <Fact name="It was said">{justification}</Fact>}
      {request.wantedUntil !== null && (
        <Fact name="Until">
          <Time at={request.wantedUntil} />
        </Fact>
      )}
      {request.emergency && <Fact name="Urgency">asked for as an emergency</Fact>}
    </Facts>
  );
}
