"use strict";
// Loaded before src/main.ts by bin/postern: if that process is killed outright, nobody would pass signals on any more, and the
// server would keep the data folder locked unseen.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// The channel exists only to notice its end; it must not keep a finished command running.
process.channel?.unref();
