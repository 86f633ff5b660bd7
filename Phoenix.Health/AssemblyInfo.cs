using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Phoenix.Tests")]
