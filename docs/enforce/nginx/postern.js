// Asks Postern whether whoever signed in at nginx may use what lies behind it (njs). Only 204 lets through.
async function may(r) {
  try {
    const why = await whyNot(r);
    if (why === undefined) return r.return(204);
    r.error(`Postern: ${why}`);
  } catch (error) {
    r.error(`Postern: ${error.message}`);
  }
  r.return(403);
}

async function whyNot(r) {
  const v = r.variables;
  if (!v.person) return "nobody signed in";
  const question = {
    subject: { type: "user", id: v.person },
    action: { name: "sign_in", properties: { method: v.sign_in_method } },
    resource: { type: v.postern_resource_type, id: v.postern_resource_id },
    context: { ip: v.remote_addr, networks: v.network === "" ? [] : [v.network] },
  };
  const reply = await r.subrequest("/postern/evaluation", { method: "POST", body: JSON.stringify(question) });
  if (reply.status !== 200) return `answered ${reply.status}`;
  if (!/^application\/json *(;|$)/i.test(reply.headersOut["Content-Type"])) return "answered no JSON";
  const promised = reply.headersOut["Content-Length"];
  if (promised !== undefined && Number(promised) !== reply.responseBuffer.length) return "was cut off";
  return whyNotBy(JSON.parse(reply.responseText), r);
}

function whyNotBy(answer, r) {
  if (answer.decision !== true) return answer.decision === false ? "denied" : "gave no decision";
  const context = answer.context === undefined ? {} : answer.context;
  const obligations = context.obligations === undefined ? [] : context.obligations;
  if (!Array.isArray(obligations)) return "gave no list of obligations";
  const notMet = obligations.find((each) => !isMet(each, r));
  return notMet === undefined ? undefined : `asked for what nginx cannot do: ${notMet.type}`;
}

function isMet(obligation, r) {
  if (obligation.type === "restricted_network") {
    return Array.isArray(obligation.networks) && r.variables.network !== "" && obligation.networks.includes(r.variables.network);
  }
  if (obligation.type === "session_length") {
    // Every request is asked for anew, so nothing here outlives the answer; the application is told for its own sessions.
    if (!Number.isInteger(obligation.seconds) || obligation.seconds < 1) return false;
    r.headersOut["Postern-Session-Seconds"] = String(obligation.seconds);
    return true;
  }
  return false;
}

export default { may };
