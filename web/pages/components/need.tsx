import { Link } from "@tanstack/react-router";
import { Fragment } from "react";

import { type Expression, isCompound, partsOf } from "../../../src/estate/need-view.ts";
import { apart } from "../../parts/apart.ts";

/** What something needs, with the names of the components, each leading to it. */
export function Need({ of: need, names }: { of: Expression; names: ReadonlyMap<string, string> }) {
  if (typeof need === "string") {
    return (
      <Link to="/components/$key" params={{ key: need }}>
        {apart(names.get(need) ?? need)}
      </Link>
    );
  }
  const isCounted = "atLeast" in need;
  const between = isCounted ? ", " : "all" in need ? " and " : " or ";
  const parts = partsOf(need).map((part, i) => {
    const isNested = isCompound(part) && !("atLeast" in part);
    return (
      // A part of a need has nothing but its place.
      <Fragment key={i}>
        {i > 0 && between}
        {isNested && "("}
        <Need of={part} names={names} />
        {isNested && ")"}
      </Fragment>
    );
  });
  return isCounted ? (
    <>
      {need.atLeast} of ({parts})
    </>
  ) : (
    parts
  );
}
