// workflow-parser imports JSON without the attribute that Node requires; bundlers accept that.
export async function resolve(name, context, next) {
  const found = await next(name, context);
  return name.endsWith(".json") ? { ...found, importAttributes: { type: "json" } } : found;
}
