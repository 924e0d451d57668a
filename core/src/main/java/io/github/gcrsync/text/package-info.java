/** Text for people and programs: JSON, sizes and durations, and what a terminal may show. */
@NullMarked
package io.github.gcrsync.text;

import org.jspecify.annotations.NullMarked;
