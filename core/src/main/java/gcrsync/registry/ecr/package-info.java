/** Creates repositories of Amazon ECR by its signed API. */
@NullMarked
package gcrsync.registry.ecr;

import org.jspecify.annotations.NullMarked;
