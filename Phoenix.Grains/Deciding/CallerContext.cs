namespace Phoenix.Deciding;

/// <summary>
/// What flows with a call: request context, activity, culture and every other asynchronous local. Works of many callers pass through one
/// loop, which itself runs under nobody's; user code runs under that of its own caller.
/// </summary>
internal readonly struct CallerContext
{
    private static readonly ExecutionContext Nobodys = OfNewThread();
    private readonly ExecutionContext? _context;

    private CallerContext(ExecutionContext? context) => _context = context;

    /// <summary>That of the code that asks.</summary>
    public static CallerContext Current => new(ExecutionContext.Capture());

    /// <summary>An empty one.</summary>
    public static CallerContext None => new(Nobodys);

    /// <summary>Makes it current until the returned scope is disposed of. No await between.</summary>
    public Scope Enter() => new(_context ?? Nobodys);

    private static ExecutionContext OfNewThread()
    {
        ExecutionContext? context = null;
        var thread = new Thread(() => context = ExecutionContext.Capture());
        // Unlike Start it takes nothing along from here.
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }

    /// <summary>Restores what was current before.</summary>
    internal readonly ref struct Scope
    {
        private readonly ExecutionContext _before;

        public Scope(ExecutionContext context)
        {
            _before = ExecutionContext.Capture() ?? Nobodys;
            ExecutionContext.Restore(context);
        }

        public void Dispose() => ExecutionContext.Restore(_before);
    }
}
