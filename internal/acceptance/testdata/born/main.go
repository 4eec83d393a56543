// Born prints what before_main may have changed: how many processors Go's runtime
// uses, the arguments, and a variable of the environment.
package main

import (
	"fmt"
	"os"
	"runtime"

	"fd42.example/fd42/internal/stream"
)

func main() {
	stream.Standard("born")
	fmt.Println(runtime.GOMAXPROCS(0), len(os.Args), os.Args[1:], os.Getenv("MINE"))
}
