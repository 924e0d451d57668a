/** Creates repositories of Amazon ECR by its signed API. */
@NullMarked
package io.github.gcrsync.registry.ecr;

import org.jspecify.annotations.NullMarked;
