/** Creates Amazon ECR repositories through its signed API. */
@NullMarked
package io.github.gcrsync.registry.ecr;

import org.jspecify.annotations.NullMarked;
