// Package version says what was built. It is a package of its own, so that echo
// does not link the parser of options.
package version

import "runtime/debug"

// Text is what --version writes, from what the Go command recorded: the
// module's version, the revision of the checkout, and Go's own version.
func Text(program string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return program + " (fd42)\n"
	}
	text := program + " (fd42) " + info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			text += "\nrevision " + setting.Value
		}
		if setting.Key == "vcs.modified" && setting.Value == "true" {
			text += ", modified"
		}
	}
	return text + "\nbuilt with " + info.GoVersion + "\n"
}
