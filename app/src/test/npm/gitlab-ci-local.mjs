// Lets gitlab-ci-local run on Node 20, which lacks this one method.
Set.prototype.union ??= function (other) {
  return new Set([...this, ...other]);
};
await import("gitlab-ci-local/dist/index.js");
