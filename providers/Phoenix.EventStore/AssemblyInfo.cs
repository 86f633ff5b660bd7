using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Phoenix.Tests")]
[assembly: InternalsVisibleTo("Phoenix.Benchmarks")]
