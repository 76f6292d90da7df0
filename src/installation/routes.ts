import { type Route, route } from "../platform/http.ts";
import { type InstallationView, readInstallation } from "./contract.ts";

export function installationRoutes(read: () => Promise<InstallationView>): readonly Route[] {
  return [route(readInstallation, read)];
}
