using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Phoenix.Grains")]
[assembly: InternalsVisibleTo("Phoenix.TestKit")]
[assembly: InternalsVisibleTo("Phoenix.Tests")]
[assembly: InternalsVisibleTo("Phoenix.Client")]
[assembly: InternalsVisibleTo("Phoenix.Gateway")]
