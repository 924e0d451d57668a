/** Repositories stored as OCI image layouts in a folder (OCI image specification, "OCI Image Layout Specification"). */
@NullMarked
package io.github.gcrsync.layout;

import org.jspecify.annotations.NullMarked;
