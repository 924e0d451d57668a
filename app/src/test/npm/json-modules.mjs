// workflow-parser imports JSON without saying so, which bundlers take and Node does not.
export async function resolve(name, context, next) {
  const found = await next(name, context);
  return name.endsWith(".json") ? { ...found, importAttributes: { type: "json" } } : found;
}
