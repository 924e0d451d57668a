package io.github.gcrsync.testkit;

/** The web APIs of hosted registries that list tags with digests and push dates, as their owners document them. */
public enum WebApi {
    NONE,
    /** Docker Hub: {@code /v2/namespaces/NS/repositories/R/tags}, without a login. */
    DOCKER_HUB,
    /** Quay: {@code /api/v1/repository/NS/R/tag/}, without a login. */
    QUAY,
    /**
     * Harbor: {@code /api/v2.0/projects/P/repositories/R/artifacts}, with user and password or without a login. The token
     * challenge names {@code harbor-registry}.
     */
    HARBOR,
    /** Amazon ECR: {@code DescribeImages} at {@code /}, for signed requests; the signature is not verified. */
    ECR
}
