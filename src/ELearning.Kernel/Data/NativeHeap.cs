using System.Runtime.InteropServices;

namespace ELearning.Data;

/// <summary>The C library's heap, where SQLite keeps its pages.</summary>
internal static class NativeHeap
{
    /// <summary>
    /// Gives back to the system what was freed. The C library of GNU keeps it otherwise: after a thousand tenants had been
    /// visited and closed, 310 MB. Another C library returns memory by itself, or not; then this does nothing.
    /// </summary>
    public static void Trim()
    {
        if (NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var trim))
            Marshal.GetDelegateForFunctionPointer<MallocTrim>(trim)(0);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int MallocTrim(nuint keep);
}
