/** What users set, checked and as values. */
@NullMarked
package gcrsync.config;

import org.jspecify.annotations.NullMarked;
