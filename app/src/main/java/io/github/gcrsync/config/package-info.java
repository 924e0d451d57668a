/** What users set, checked and as values. */
@NullMarked
package io.github.gcrsync.config;

import org.jspecify.annotations.NullMarked;
