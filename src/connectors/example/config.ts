/** What a connection to the example directory asks for: nothing. Its people are fictional, and live in one file of the data folder. */
import { z } from "zod";

export const exampleConfig = z.strictObject({});
