-- For wrk: sends the lines of a file as bodies, in turn, and prints what came of it as one line of JSON.
-- wrk … URL -- FILE PATH [BEARER TOKEN]
local bodies, at = {}, 0

function init(args)
  local headers = { ["Host"] = "127.0.0.1", ["Content-Type"] = "application/json", ["Authorization"] = args[3] }
  for line in io.lines(args[1]) do
    bodies[#bodies + 1] = wrk.format("POST", args[2], headers, line)
  end
end

function request()
  at = at % #bodies + 1
  return bodies[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"p50":%d,"p99":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
