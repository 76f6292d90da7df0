/** Asks an OpenID AuthZEN decision point before a request goes on. What fails, comes late or is not understood is a no; nothing is kept. */
async function evaluate({ url, token, timeoutMs = 1500 }, question) {
  if (!question) throw new Error("nobody signed in");
  const response = await fetch(`${url}/access/v1/evaluation`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${await token()}` },
    body: JSON.stringify(question),
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200) throw new Error(`the decision point answered ${response.status}`);
  if (!/^application\/json *(;|$)/i.test(response.headers.get("Content-Type"))) throw new Error("the decision point answered no JSON");
  const { decision, context = {} } = JSON.parse(await textOf(response.body));
  if (typeof decision !== "boolean") throw new Error("the decision point gave no decision");
  return { decision, context, obligations: context.obligations ?? [] };
}

/** An answer has some hundred bytes. What goes on and on is not kept. */
async function textOf(body) {
  let text = "";
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.length > 65_536) throw new Error("the decision point answered too much");
  }
  return text;
}

/** `fulfil` has a function for each type of obligation that can be met here: it meets it, and returns true. */
export async function ask(point, question, fulfil = {}, ...about) {
  try {
    const { decision, context, obligations } = await evaluate(point, await question);
    if (!decision) return { permit: false, context, words: String(context.reason?.words ?? "") };
    if (!Array.isArray(obligations)) throw new Error("the obligations are no list");
    for (const each of obligations) {
      const met = Object.hasOwn(fulfil, each.type) && (await fulfil[each.type](each, ...about));
      if (met !== true) throw new Error(`what is asked cannot be done here: ${each.type}`);
    }
    return { permit: true, context, words: "" };
  } catch (error) {
    return { permit: false, context: {}, words: "It cannot be checked now whether you may.", error };
  }
}

/** `questionOf(request)` makes the question out of who signed in here, never out of what anybody may send. */
export const guard = (point, questionOf, fulfil) => async (request, response, next) => {
  const { permit, words, error } = await ask(point, Promise.resolve(request).then(questionOf), fulfil, request, response);
  if (permit) return next();
  if (error) console.error(`denied: ${error.message}`);
  response.writeHead(403, { "Content-Type": "text/plain; charset=utf-8" }).end(words);
};
