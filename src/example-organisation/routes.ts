import { refusal, Refused } from "../kernel/problem.ts";
import { type Route, route } from "../platform/http.ts";
import * as contract from "./contract.ts";
import type { ExampleOffer } from "./offer.ts";

export function exampleRoutes(offer: ExampleOffer): readonly Route[] {
  return [
    route(contract.readExampleOrganisation, async () => viewOf(offer)),
    route(contract.loadExampleOrganisation, async () => {
      refuseWhereNotOffered(offer);
      offer.load();
      return viewOf(offer);
    }),
    route(contract.removeExampleOrganisation, async () => {
      refuseWhereNotOffered(offer);
      await offer.remove();
      return viewOf(offer);
    }),
  ];
}

function viewOf(offer: ExampleOffer): contract.ExampleView {
  const now = offer.state();
  return { state: now.state, share: now.state === "loading" ? now.share : null, why: now.state === "failed" ? now.why : null };
}

function refuseWhereNotOffered(offer: ExampleOffer): void {
  if (offer.state().state !== "notOffered") return;
  throw new Refused([refusal("example.notOffered", "This process makes no example organisation; `postern serve` does.")], 409);
}
