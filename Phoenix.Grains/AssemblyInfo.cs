using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Phoenix.Benchmarks")]
[assembly: InternalsVisibleTo("Phoenix.Tests")]
