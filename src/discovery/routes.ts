import { type Route, route } from "../platform/http.ts";
import { readInventory } from "./contract.ts";
import type { DiscoveryService } from "./service.ts";

export function discoveryRoutes(service: DiscoveryService): readonly Route[] {
  return [
    route(readInventory, async ({ query }, { now }) => {
      const inventory = await service.inventory(query.connection, now);
      return { ...inventory, doors: inventory.doors.slice(0, query.doors) };
    }),
  ];
}
